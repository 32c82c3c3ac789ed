/*
 * Runs tests of a TestU01 battery on 32-bit words, and prints a line per p value.
 *
 *   producer | testu01 BATTERY WORDS TEST...
 *
 * BATTERY is small, crush or big. WORDS is - for standard input, or where lattice24 starts (lattice24.h), which is drawn here.
 * TEST is a number from 1 to 10, 96 or 106, as in TestU01's guide; each is run once, on the words that follow those of the test before
 * it. What is printed, with tabs between:
 *
 *   p     NUMBER  NAME  P_VALUE       one or more per test; a p below 0 was not computed
 *   used  WORDS   CPU_SECONDS
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Debian has the headers in a folder of their own, the authors' installation has not. */
#if __has_include(<testu01/bbattery.h>)
#include <testu01/bbattery.h>
#include <testu01/swrite.h>
#include <testu01/unif01.h>
#else
#include <bbattery.h>
#include <swrite.h>
#include <unif01.h>
#endif

#include "lattice24.h"

/* No battery has more tests. */
#define MOST_TESTS 106
/* Whole steps of lattice24, and 12 KiB, which stay in the nearest cache. */
#define BUFFER_STEPS 256
#define BUFFER_WORDS (BUFFER_STEPS * STEP_WORDS)

static uint32_t buffer[BUFFER_WORDS];
static size_t next_word = BUFFER_WORDS;
static uint64_t buffers_read = 0;
static int draws_here = 0;
static Lattice24 lattice;

static void read_buffer(void) {
  size_t filled = 0;
  while (filled < sizeof buffer) {
    ssize_t got = read(STDIN_FILENO, (char *)buffer + filled, sizeof buffer - filled);
    if (got <= 0) {
      fprintf(stderr, "testu01: standard input ended before the tests did.\n");
      exit(1);
    }
    filled += (size_t)got;
  }
}

static unsigned int read_word(void) {
  if (next_word == BUFFER_WORDS) {
    if (draws_here) lattice24_fill(&lattice, buffer, BUFFER_STEPS);
    else read_buffer();
    next_word = 0;
    buffers_read++;
  }
  return buffer[next_word++];
}

typedef void (*Battery)(unif01_Gen *, int[]);

static Battery find_battery(const char *name) {
  if (strcmp(name, "small") == 0) return bbattery_RepeatSmallCrush;
  if (strcmp(name, "crush") == 0) return bbattery_RepeatCrush;
  if (strcmp(name, "big") == 0) return bbattery_RepeatBigCrush;
  return NULL;
}

/* The battery's p values are those of its last call. */
static void print_p_values(FILE *results, int test) {
  for (int i = 0; i < bbattery_NTests; i++)
    fprintf(results, "p\t%d\t%s\t%.10g\n", test, bbattery_TestNames[i], bbattery_pVal[i]);
  fflush(results);
}

int main(int argc, char **argv) {
  Battery battery = argc > 3 ? find_battery(argv[1]) : NULL;
  draws_here = argc > 3 && strcmp(argv[2], "-") != 0;
  if (battery == NULL || (draws_here && !lattice24_open(&lattice, argv[2]))) {
    fprintf(stderr, "usage: testu01 small|crush|big -|START TEST...\n");
    return 2;
  }
  /* TestU01 prints to standard output whatever is switched off: that goes to standard error. */
  FILE *results = fdopen(dup(STDOUT_FILENO), "w");
  dup2(STDERR_FILENO, STDOUT_FILENO);
  swrite_Basic = FALSE;
  unif01_Gen *words = unif01_CreateExternGenBits("words", read_word);
  for (int arg = 3; arg < argc; arg++) {
    int repetitions[MOST_TESTS + 1] = {0};
    int test = atoi(argv[arg]);
    if (test < 1 || test > MOST_TESTS) {
      fprintf(stderr, "testu01: %s is not the number of a test.\n", argv[arg]);
      return 2;
    }
    repetitions[test] = 1;
    battery(words, repetitions);
    print_p_values(results, test);
  }
  double words_used = ((double)buffers_read - 1) * BUFFER_WORDS + (double)next_word;
  fprintf(results, "used\t%.0f\t%.1f\n", words_used, (double)clock() / CLOCKS_PER_SEC);
  fclose(results);
  unif01_DeleteExternGenBits(words);
  return 0;
}
