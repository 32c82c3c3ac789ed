/** An ext4 file system on a loop device whose power can be cut: anything not synced by then is lost. Needs root. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const IMAGE_BYTES = 96 * 2 ** 20;

/** EXT4_IOC_SHUTDOWN, _IOR('X', 125, __u32), with EXT4_GOING_FLAGS_NOLOGFLUSH: the part of the journal that is in memory is lost too. */
const SHUTDOWNS = [
  [
    'python3',
    '-c',
    'import fcntl,os,struct,sys; fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack("I", 2))',
  ],
  ['perl', '-e', 'open(F, "<", $ARGV[0]) && ioctl(F, 0x8004587D, pack("L", 2)) or die $!'],
];

const MOUNT_OPTIONS = ['defaults', 'defaults', 'noauto_da_alloc', 'nodelalloc', 'data=writeback'];

const run = (command, ...parameters) =>
  execFileSync(command, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

function has(command) {
  try {
    run('sh', '-c', `command -v ${command}`);
    return true;
  } catch {
    return false;
  }
}

/** Returns what this machine lacks; undefined if it lacks nothing. */
export function whatIsMissing(folder) {
  if (process.platform !== 'linux') return 'Linux';
  if (process.getuid() !== 0) return 'root';
  if (!existsSync('/dev/loop-control')) return 'loop devices';
  const missing = ['mkfs.ext4', 'losetup', 'mount', 'umount'].filter((command) => !has(command));
  if (missing.length > 0) return missing.join(', ');
  if (!SHUTDOWNS.some(([command]) => has(command))) return 'python3 or perl, for an ioctl';
  try {
    const disk = new Disk(join(folder, 'trial'), 0);
    try {
      disk.cutPower();
      disk.mountAgain();
    } finally {
      disk.close();
    }
    return undefined;
  } catch (error) {
    return `a loop device that can be mounted and shut down (${String(error.stderr ?? error.message).trim()})`;
  }
}

export class Disk {
  #device;
  #isMounted = false;

  /** @param variant  index of the mount options, modulo their number */
  constructor(folder, variant) {
    this.image = join(folder, 'image');
    this.path = join(folder, 'disk');
    this.options = MOUNT_OPTIONS[variant % MOUNT_OPTIONS.length];
    mkdirSync(this.path, { recursive: true });
    writeFileSync(this.image, '');
    truncateSync(this.image, IMAGE_BYTES);
    try {
      run('mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', this.image);
      this.#device = run('losetup', '--find', '--show', this.image).trim();
      this.#mount();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #mount() {
    run('mount', '-t', 'ext4', '-o', this.options, this.#device, this.path);
    this.#isMounted = true;
  }

  #unmount() {
    run('umount', this.path);
    this.#isMounted = false;
  }

  /** Has the effect of another program's fsync, or of five seconds: names and sizes reach the disk, unsynced bytes may not. */
  commitJournal() {
    const file = openSync(join(this.path, 'other'), 'w');
    fsyncSync(file);
    closeSync(file);
  }

  cutPower() {
    const [command, ...parameters] = SHUTDOWNS.find(([name]) => has(name));
    run(command, ...parameters, this.path);
  }

  /** Fails if a process has a file open there. */
  mountAgain() {
    this.#unmount();
    this.#mount();
  }

  close() {
    try {
      if (this.#isMounted) this.#unmount();
    } finally {
      if (this.#device !== undefined) run('losetup', '--detach', this.#device);
      rmSync(this.image, { force: true });
    }
  }
}
