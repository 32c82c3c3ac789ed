/** The page of the examples for job engines agrees with their files. Its commands run in the suite of engines. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandsOf, PAGE } from './support/commands.js';

const FOLDER = 'workers/engines';
const files = readdirSync(FOLDER);
const textOf = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

/** What a file's first comment says that one types. */
const usageOf = (name: string): readonly string[] =>
  [...textOf(name).matchAll(/^# {3}(\S.*)$/gm)].map(([, command = '']) => command);

test('the table names every example, and no other file', () => {
  const rows = PAGE.lines.filter((line) => line.startsWith('| ['));
  const named = rows.flatMap((row) => [...row.matchAll(/\[[^\]]+\]\(([\w.-]+)\)/g)].map(([, name]) => name));
  const examples = files.filter((name) => !/^(?:README\.md|package(?:-lock)?\.json)$/.test(name));
  expect(named.toSorted()).toEqual(examples.toSorted());
});

test('the packages that the page installs have the versions that the tests install', () => {
  const { dependencies } = JSON.parse(textOf('package.json')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const [install = ''] = commandsOf('BullMQ');
  const said = install.split(' ').slice(2);
  expect(said.length).toBeGreaterThan(0);
  const pins = Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);
  expect(said.filter((pin) => !pins.includes(pin))).toEqual([]);
});

test('the commands for Kubernetes are those in the manifest, and name what it declares', () => {
  const commands = commandsOf('Kubernetes');
  expect(commands).toEqual(usageOf('kubernetes.yaml'));
  const named = commands.flatMap((command) =>
    [...command.matchAll(/\bjob\/([\w-]+)/g)].map(([, job]) => job),
  );
  const declared = [...textOf('kubernetes.yaml').matchAll(/^kind: Job\nmetadata:\n {2}name: (.+)$/gm)];
  expect(named).toEqual(declared.map(([, job]) => job));
  const [, patch = ''] = /--patch '(.*)'/.exec(commands.join('\n')) ?? [];
  expect(JSON.parse(patch)).toEqual({ spec: { suspend: false } });
});

test('every example is a script that its interpreter reads', () => {
  for (const name of files.filter((file) => file.endsWith('.mjs')))
    execFileSync(process.execPath, ['--check', join(FOLDER, name)]);
});

/** The parts of what a file says that one types, with the words of the page in their places. */
const PLACES = { MODEL: 'llama-3-8b', OUT: '/shared/model.safetensors', PARTS: '8' } as const;
const filledIn = (command: string): string =>
  Object.entries(PLACES)
    .reduce((text, [place, word]) => text.replace(place, word), command)
    .replace(' [SHARD_SIZE]', '');

test('the commands for Slurm and GNU parallel are those that the scripts give', () => {
  expect(commandsOf('Slurm').slice(0, 2)).toEqual(usageOf('slurm.sbatch').map(filledIn));
  expect(usageOf('parallel.sh').map(filledIn)).toContain(commandsOf('GNU parallel')[0]);
});
