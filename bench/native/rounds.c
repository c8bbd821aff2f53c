// Rounds of a workload in threads that live as long as the process, so that all is warm: for each line on standard
// input, a number of pairs, each thread does so many, and the nanoseconds from the first thread's start to the last
// one's end are written to standard output as one line.
#include "rounds.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "workloads.h"

typedef struct {
  pthread_t thread;
  Workload *workload;
  Requests *requests;
  int64_t start, end;
} Runner;

static pthread_barrier_t round_begins, round_ends;
static uint32_t pairs_of_round;

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void run_round(Runner *runner) {
  pthread_barrier_wait(&round_begins);
  runner->start = nanoseconds();
  runner->workload(runner->requests, pairs_of_round);
  runner->end = nanoseconds();
  pthread_barrier_wait(&round_ends);
}

static void *run_for_ever(void *runner) {
  for (;;) run_round(runner);
  return NULL;
}

static int64_t span_of(const Runner *runners, int threads) {
  int64_t start = runners[0].start, end = runners[0].end;
  for (int i = 1; i < threads; i++) {
    if (runners[i].start < start) start = runners[i].start;
    if (runners[i].end > end) end = runners[i].end;
  }
  return end - start;
}

// The main thread is the first of the threads.
int serve_rounds(const char *name, int threads) {
  Runner *runners = calloc(threads, sizeof *runners);
  pthread_barrier_init(&round_begins, NULL, threads);
  pthread_barrier_init(&round_ends, NULL, threads);
  for (int i = 0; i < threads; i++) {
    runners[i].workload = workload_named(name);
    runners[i].requests = requests_for(name, i);
    if (runners[i].workload == NULL) return 1;
    if (i > 0) pthread_create(&runners[i].thread, NULL, run_for_ever, &runners[i]);
  }
  while (scanf("%" SCNu32, &pairs_of_round) == 1) {
    run_round(&runners[0]);
    printf("%" PRId64 "\n", span_of(runners, threads));
    fflush(stdout);
  }
  return 0;
}
