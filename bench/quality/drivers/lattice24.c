/*
 * Writes words of lattice24 to standard output, to be compared with those that the library draws.
 *
 *   lattice24 START STEPS      START as lattice24.h reads it; 12 words a step
 */
#include <stdlib.h>

#include "lattice24.h"

int main(int argc, char **argv) {
  Lattice24 lattice;
  if (argc != 3 || !lattice24_open(&lattice, argv[1])) {
    fprintf(stderr, "usage: lattice24 START STEPS\n");
    return 2;
  }
  for (long left = atol(argv[2]); left > 0; left--) {
    uint32_t words[STEP_WORDS];
    lattice24_fill(&lattice, words, 1);
    fwrite(words, sizeof words, 1, stdout);
  }
  return 0;
}
