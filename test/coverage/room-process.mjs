/** The process of a room: a vitest that stays, and runs the files that it is sent, in the order in which they come. */
import { ChildProcess } from 'node:child_process';
import { relative, resolve } from 'node:path';
import { setPriority } from 'node:os';
import { createVitest } from 'vitest/node';

const NICENESS = 5;
setPriority(NICENESS);

// Vitest ends a test process half a second after it asked it to: too soon for threads that still write their coverage.
const EXIT_MS = 20_000;
const kill = ChildProcess.prototype.kill;
ChildProcess.prototype.kill = function killLater(signal) {
  if (signal !== 'SIGKILL' || process.env.NODE_V8_COVERAGE === undefined) return kill.call(this, signal);
  setTimeout(() => kill.call(this, signal), EXIT_MS).unref();
  return true;
};

let order = [];

class AsAsked {
  async shard(files) {
    return files;
  }
  async sort(files) {
    return [...files].sort((a, b) => order.indexOf(a.moduleId) - order.indexOf(b.moduleId));
  }
}

const startedAt = new Map();

const failureOf = (module) => {
  for (const test of module.children.allTests('failed'))
    return { test: test.fullName, message: test.result().errors?.[0]?.message?.split('\n')[0] };
  return { test: '(the file)', message: module.errors()[0]?.message?.split('\n')[0] };
};

const reporter = {
  onTestModuleQueued(module) {
    startedAt.set(module.moduleId, performance.now());
    process.send({ kind: 'started', file: relative('.', module.moduleId) });
  },
  onTestModuleEnd(module) {
    const ok = module.ok();
    const ms = Math.round(performance.now() - (startedAt.get(module.moduleId) ?? 0));
    const failure = ok ? undefined : failureOf(module);
    process.send({ kind: 'finished', file: relative('.', module.moduleId), ok, ms, failure });
  },
};

const vitest = await createVitest('test', {
  config: 'test/coverage/vitest.config.ts',
  watch: false,
  sequence: { sequencer: AsAsked },
  reporters: [reporter],
});

// Tests get a folder for temporary files that is emptied between runs; vitest keeps its transformed files in its own.
process.env.TMPDIR = resolve('tmp');

async function run({ files, coverage, bail }) {
  if (coverage === undefined) delete process.env.NODE_V8_COVERAGE;
  else process.env.NODE_V8_COVERAGE = coverage;
  order = files.map((file) => resolve(file));
  for (const project of vitest.projects) project.config.bail = bail ? 1 : 0;
  vitest.config.bail = bail ? 1 : 0;
  const specs = order.map((path) => vitest.projects[0].createSpecification(path));
  vitest.state.clearErrors();
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specs, false);
  const failed = unhandledErrors.length > 0 || testModules.some((module) => !module.ok());
  process.send({ kind: 'done', failed });
}

process.on('message', (message) => {
  run(message).catch((error) => {
    console.error(error);
    process.exit(1);
  });
});
process.once('disconnect', () => process.exit());
process.send({ kind: 'ready' });
