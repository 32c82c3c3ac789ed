/** Lists the slowest test files at the end of a run, so that the author of a test sees what it costs. It never fails a run. */
import type { Reporter, TestModule } from 'vitest/node';

const LISTED = 10;

interface FileTime {
  readonly file: string;
  readonly seconds: number;
}

/** The file, and the project that ran it if there are several. */
function nameOf({ relativeModuleId, project }: TestModule): string {
  return project.name === '' ? relativeModuleId : `${relativeModuleId} (${project.name})`;
}

/** Hooks and imports count: a file's time is from its first import to its last hook. */
function timeOf(module: TestModule): FileTime {
  const { collectDuration, duration, setupDuration } = module.diagnostic();
  return { file: nameOf(module), seconds: (collectDuration + duration + setupDuration) / 1000 };
}

export default class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const times = modules.map(timeOf).sort((a, b) => b.seconds - a.seconds);
    const total = times.reduce((sum, { seconds }) => sum + seconds, 0);
    const lines = times
      .slice(0, LISTED)
      .map(({ file, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${file}`);
    console.log([`\nSlowest of ${times.length} files, ${total.toFixed(0)} s in all:`, ...lines].join('\n'));
  }
}
