/** What containers have of their own, as far as it matters here: a host name and process numbers, which may equal those of another. */
const ENTER = 'hostname "$0" && "$@"; exit $?';

/**
 * The command line of a program in namespaces of its own. All of them count processes alike: the shell is 1, the program 3.
 * Killing it kills all that runs there.
 */
export const inContainer = (host: string, ...command: readonly string[]): [string, ...string[]] => [
  'unshare',
  ...['--pid', '--fork', '--mount-proc', '--uts', '--kill-child', 'sh', '-c', ENTER, host],
  ...command,
];
