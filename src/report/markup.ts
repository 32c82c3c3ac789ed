/**
 * Text that is safe inside HTML and SVG, whatever it says.
 * @module
 */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Controls and direction marks show as their codes: HTML has no way to write some, and others turn the page around. */
const showControl = (character: string): string =>
  `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

export const escapeText = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, showControl)
    .replace(/[&<>"']/g, (found) => ENTITIES[found] ?? found);

/** The same, and a long name may break after its dots rather than anywhere. */
export const escapeName = (name: string): string => escapeText(name).replace(/[._/](?=.)/g, '$&<wbr>');
