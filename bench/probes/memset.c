/*
 * A first job in C: fills fresh memory as few lines can. The threads have equal shares of it, or claim 1 MiB at a time.
 * Parameters: bytes, threads, and any of `huge` (asks for huge pages) and `claims`.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static char *memory;
static size_t bytes, threads, next;
static int claims;
#define CHUNK ((size_t)1 << 20)

static void *fill(void *number) {
  size_t share = (bytes + threads - 1) / threads, from = (size_t)number * share;
  if (claims) {
    while ((from = __atomic_fetch_add(&next, CHUNK, __ATOMIC_SEQ_CST)) < bytes)
      memset(memory + from, 0x3f, from + CHUNK > bytes ? bytes - from : CHUNK);
    return NULL;
  }
  if (from < bytes) memset(memory + from, 0x3f, from + share > bytes ? bytes - from : share);
  return NULL;
}

int main(int count, char **values) {
  pthread_t started[1024];
  bytes = count > 1 ? strtoull(values[1], NULL, 10) : 0;
  threads = count > 2 ? strtoull(values[2], NULL, 10) : 0;
  if (bytes == 0 || threads == 0 || threads > 1024) return 2;
  memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return 1;
  for (int i = 3; i < count; i++) {
    if (strcmp(values[i], "huge") == 0) madvise(memory, bytes, MADV_HUGEPAGE);
    if (strcmp(values[i], "claims") == 0) claims = 1;
  }
  for (size_t i = 1; i < threads; i++)
    if (pthread_create(&started[i], NULL, fill, (void *)i) != 0) return 1;
  fill((void *)0);
  for (size_t i = 1; i < threads; i++) pthread_join(started[i], NULL);
  printf("%d\n", memory[bytes / 2]);
  return 0;
}
