/** Rules that rename listed names to given ones. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CaptureReader } from '#built/domain/specs/captures.js';
import { literalOf } from '#built/domain/specs/patterns.js';
import { renameRules, type Renamed } from '#built/domain/specs/rename-rules.js';
import { compileRules } from '#built/domain/specs/spec-rules.js';

/** What a name becomes by the first rule that matches it. */
function rename(names: readonly Renamed[]): readonly string[] {
  const rules = renameRules(names);
  const findRule = compileRules(rules);
  const captures = new CaptureReader();
  return names.map(({ listed }) => {
    const rule = rules[findRule(listed)];
    return rule === undefined ? listed : captures.expand(rule.rename, rule, listed);
  });
}

/** Few characters, so that names share beginnings; some mean something in a pattern or a reference. */
const anyName = fc
  .array(fc.constantFrom('a', 'b', '.', '1', '*', '?', '$', 're:', '\\', '(', '\n', '😀', '\0'), {
    minLength: 1,
  })
  .map((parts) => parts.join(''));

const anyNames = fc
  .uniqueArray(
    fc.record({ listed: anyName, before: anyName, cut: fc.nat({ max: 4 }), isRenamed: fc.boolean() }),
    { selector: ({ listed }) => listed, maxLength: 12 },
  )
  .map((tensors) =>
    tensors.map(({ listed, before, cut, isRenamed }): Renamed => {
      const rest = Array.from(listed).slice(cut).join('');
      return { listed, written: isRenamed ? before.slice(0, cut) + rest || before : listed };
    }),
  )
  .filter((names) => names.every(({ written }) => written.isWellFormed()));

test('give each listed name the one that is written', () => {
  fc.assert(
    fc.property(anyNames, (names) => {
      expect(rename(names)).toEqual(names.map(({ written }) => written));
    }),
    { numRuns: 3000, seed: 14 },
  );
});

test('do so where what the names share is wild in a pattern, and no step of a path follows', () => {
  const names = ['x', 'y'].map((end) => ({ listed: `a*b${end}`, written: end }));
  expect(rename(names)).toEqual(['x', 'y']);
});

test('are one for all names that begin alike, and one for each where others begin alike', () => {
  const layers = ['0', '1'].map((layer) => ({ listed: `layers.${layer}`, written: `h.${layer}` }));
  expect(renameRules(layers)).toEqual([{ match: 'layers*', rename: 'h$1' }]);
  expect(renameRules([...layers, { listed: 'layers', written: 'layers' }])).toEqual([
    { match: 'layers.*', rename: 'h.$1' },
  ]);
  const apart = [...layers, { listed: 'layers.norm', written: 'layers.norm' }];
  expect(renameRules(apart)).toEqual([
    { match: 'layers.0', rename: 'h.0' },
    { match: 'layers.1', rename: 'h.1' },
  ]);
});

test('are a thousand at most for names that begin alike: the others are each looked up', () => {
  const names = Array.from({ length: 3000 }, (_, i) => ({ listed: `a${i >> 1}*.${i}`, written: `b${i}` }));
  const groups = names.map((_, i) => ({ listed: `${i >> 1}a.${i}`, written: `b${i >> 1}.${i}` }));
  for (const all of [names, groups]) {
    const wild = renameRules(all).filter(({ match }) => literalOf(match) === undefined);
    expect(wild.length).toBeLessThanOrEqual(1000);
    expect(rename(all)).toEqual(all.map(({ written }) => written));
  }
});
