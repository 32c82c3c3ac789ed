/**
 * Tells plain objects, which options must be, from others, which messages name by their class.
 * @module
 */

/** Made by braces, by JSON or by `Object.create(null)`, in any realm; not an array, buffer, tensor or map. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** `a Float32Array`, `an Engine` */
export function nameClass(value: object): string {
  const maker: unknown = (value as { readonly constructor?: unknown }).constructor;
  const name = typeof maker === 'function' && maker.name !== '' ? maker.name : 'nameless object';
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`;
}
