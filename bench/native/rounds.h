// Rounds of a workload on request.
#ifndef ROUNDS_H
#define ROUNDS_H

// Serves until standard input ends. Returns the exit status of the process.
int serve_rounds(const char *workload, int threads);

#endif
