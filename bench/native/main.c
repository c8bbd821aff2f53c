// What native allocators do with the requests that are made of the heap. The allocator is the one that the dynamic
// linker finds for malloc: LD_PRELOAD chooses it. Compile with -fno-builtin, lest the compiler see through malloc.
//   harness WORKLOAD THREADS    serves rounds, see rounds.c
//   harness trace COPIES        replays a trace, see trace.c
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rounds.h"
#include "trace.h"

int main(int count, char **words) {
  const int number = count == 3 ? atoi(words[2]) : 0;
  if (number < 1) {
    fprintf(stderr, "usage: %s WORKLOAD THREADS | trace COPIES\n", words[0]);
    return 2;
  }
  return strcmp(words[1], "trace") == 0 ? replay_trace(number) : serve_rounds(words[1], number);
}
