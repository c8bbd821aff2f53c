// Replaying a trace and measuring the memory that it takes.
#ifndef TRACE_H
#define TRACE_H

// Replays the trace on standard input by so many threads at once, each on blocks of its own, and prints by how many
// bytes the process grew at most. Returns the exit status of the process.
int replay_trace(int copies);

#endif
