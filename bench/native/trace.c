// The trace comes as little-endian 32-bit words: the number of operations, the number of objects, then the records of
// src/stress/traces/trace.ts. Each block is filled when it is allocated or grows, as a program would. What the program never
// freed stays live.
#include "trace.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint32_t thread, operation, object, size, old_size, alignment_bits;
} Record;

enum { ALLOCATE = 0, REALLOCATE = 1, FREE = 2, LEAST_ALIGNMENT = 16 };

typedef struct {
  pthread_t thread;
  void **blocks;
} Copy;

static uint32_t header[2];
static Record *records;
static pthread_barrier_t all_ready;

static void *allocate(uint32_t size, uint32_t alignment_bits) {
  void *block = NULL;
  if ((1u << alignment_bits) <= LEAST_ALIGNMENT) block = malloc(size);
  else if (posix_memalign(&block, 1u << alignment_bits, size) != 0) block = NULL;
  if (block == NULL && size > 0) abort();
  return block;
}

static void replay_record(void **blocks, const Record *record) {
  void **block = &blocks[record->object];
  if (record->operation == FREE) {
    free(*block);
    *block = NULL;
    return;
  }
  *block = record->operation == ALLOCATE ? allocate(record->size, record->alignment_bits) : realloc(*block, record->size);
  if (record->size > record->old_size) memset((char *)*block + record->old_size, 1, record->size - record->old_size);
}

static void *replay(void *copy) {
  pthread_barrier_wait(&all_ready);
  for (uint32_t i = 0; i < header[0]; i++) replay_record(((Copy *)copy)->blocks, &records[i]);
  return NULL;
}

// A field of the process's status, in bytes.
static long status(const char *field) {
  char line[256];
  long kibibytes = 0;
  FILE *file = fopen("/proc/self/status", "r");
  if (file == NULL) return 0;
  while (fgets(line, sizeof line, file) != NULL) {
    if (strncmp(line, field, strlen(field)) == 0) sscanf(line + strlen(field), ": %ld", &kibibytes);
  }
  fclose(file);
  return kibibytes * 1024;
}

static int read_trace(void) {
  if (fread(header, sizeof header, 1, stdin) != 1) return 0;
  records = calloc(header[0], sizeof *records);
  return fread(records, sizeof *records, header[0], stdin) == header[0];
}

// Touched in advance, so that it does not count as growth.
static void **table_of_blocks(void) {
  void **blocks = malloc((header[1] + 1) * sizeof *blocks);
  memset(blocks, 1, header[1] * sizeof *blocks);
  return blocks;
}

int replay_trace(int copies) {
  if (!read_trace()) return 1;
  Copy *all = calloc(copies, sizeof *all);
  for (int i = 0; i < copies; i++) all[i].blocks = table_of_blocks();
  pthread_barrier_init(&all_ready, NULL, copies);
  for (int i = 1; i < copies; i++) pthread_create(&all[i].thread, NULL, replay, &all[i]);
  const long before = status("VmRSS");
  replay(&all[0]);
  for (int i = 1; i < copies; i++) pthread_join(all[i].thread, NULL);
  printf("%ld\n", status("VmHWM") - before);
  return 0;
}
