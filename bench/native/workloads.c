// Sizes and slots come from Marsaglia's xorshift32 with the shifts 13, 17, 5. What the compiler must not see through
// (a block that is freed at once) passes an empty piece of assembler.
#include "workloads.h"

#include <stdlib.h>
#include <string.h>

enum { SMALL_STREAM = 8192, SMALL_LIVE = 4096, LARGE_STREAM = 2097152, LARGE_LIVE = 1048576, BURST = 1000 };

struct Requests {
  uint32_t mask, live, next;
  int32_t *sizes, *slots;
  void **blocks;
};

static uint32_t draw(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

static void *allocated(size_t bytes) {
  void *block = malloc(bytes);
  __asm__ volatile("" : "+r"(block) : : "memory");
  return block;
}

static void replace(void **block, int32_t size) {
  if (*block != NULL) free(*block);
  *block = allocated(size);
}

static void pair64(Requests *requests, uint32_t pairs) {
  (void)requests;
  for (uint32_t i = 0; i < pairs; i++) free(allocated(64));
}

static void churn(Requests *requests, uint32_t pairs) {
  const uint32_t start = requests->next, mask = requests->mask;
  for (uint32_t i = start; i < start + pairs; i++) {
    replace(&requests->blocks[requests->slots[i & mask]], requests->sizes[(7 * i) & mask]);
  }
  requests->next = (start + pairs) & mask;
}

static void burst(Requests *requests, uint32_t pairs) {
  const uint32_t start = requests->next, mask = requests->mask;
  for (uint32_t i = start; i < start + pairs; i += BURST) {
    for (uint32_t j = 0; j < BURST; j++) requests->blocks[j] = allocated(requests->sizes[(i + j) & mask]);
    for (uint32_t j = 0; j < BURST; j++) free(requests->blocks[j]);
  }
  requests->next = (start + pairs) & mask;
}

static void fifo(Requests *requests, uint32_t pairs) {
  const uint32_t start = requests->next, mask = requests->mask;
  for (uint32_t i = start; i < start + pairs; i++) {
    replace(&requests->blocks[i & (requests->live - 1)], requests->sizes[i & mask]);
  }
  requests->next = (start + pairs) & mask;
}

static const struct {
  const char *name;
  Workload *workload;
  uint32_t stream, live;
} WORKLOADS[] = {
    {"pair64", pair64, SMALL_STREAM, SMALL_LIVE}, {"churn", churn, SMALL_STREAM, SMALL_LIVE},
    {"burst", burst, SMALL_STREAM, SMALL_LIVE},   {"fifo", fifo, SMALL_STREAM, SMALL_LIVE},
    {"churn-1m", churn, LARGE_STREAM, LARGE_LIVE},
};

enum { WORKLOAD_COUNT = sizeof WORKLOADS / sizeof *WORKLOADS };

static int index_of(const char *name) {
  for (int i = 0; i < WORKLOAD_COUNT; i++) {
    if (strcmp(WORKLOADS[i].name, name) == 0) return i;
  }
  return -1;
}

Workload *workload_named(const char *name) {
  const int index = index_of(name);
  return index < 0 ? NULL : WORKLOADS[index].workload;
}

Requests *requests_for(const char *name, uint32_t thread) {
  const int index = index_of(name);
  if (index < 0) return NULL;
  const uint32_t stream = WORKLOADS[index].stream, live = WORKLOADS[index].live;
  Requests *requests = calloc(1, sizeof *requests);
  requests->mask = stream - 1;
  requests->live = live;
  requests->sizes = calloc(stream, sizeof *requests->sizes);
  requests->slots = calloc(stream, sizeof *requests->slots);
  requests->blocks = calloc(live, sizeof *requests->blocks);
  uint32_t state = 12345 + 77 * thread;
  for (uint32_t i = 0; i < stream; i++) requests->sizes[i] = 16 + draw(&state) % 497;
  for (uint32_t i = 0; i < stream; i++) requests->slots[i] = draw(&state) & (live - 1);
  return requests;
}
