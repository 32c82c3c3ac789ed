/**
 * A spec as text.
 * @module
 */

/** The spec as JSON, a rule and a tensor a line. */
export function formatSpec(spec: object): string {
  const members = Object.entries(spec).map(([key, value]) => {
    const lines =
      Array.isArray(value) && value.length > 0 ? value.map((item) => `\n    ${formatValue(item)}`) : [];
    const text = lines.length > 0 ? `[${lines.join(',')}\n  ]` : formatValue(value);
    return `  ${JSON.stringify(key)}: ${text}`;
  });
  return `{\n${members.join(',\n')}\n}\n`;
}

/** JSON on one line, with spaces, and with -0, which JSON.stringify would write as 0. */
export function formatValue(value: unknown): string {
  if (Object.is(value, -0)) return '-0';
  if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${formatValue(item)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
