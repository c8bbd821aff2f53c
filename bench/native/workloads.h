// The synthetic workloads: the twin of bench/workloads.ts, which says what each does.
#ifndef WORKLOADS_H
#define WORKLOADS_H

#include <stdint.h>

typedef struct Requests Requests;

// Does `pairs` allocate+free pairs; a next call goes on where this one ended.
typedef void Workload(Requests *requests, uint32_t pairs);

// The workload of that name and the requests of thread `thread` for it. NULL if there is none.
Workload *workload_named(const char *name);
Requests *requests_for(const char *name, uint32_t thread);

#endif
