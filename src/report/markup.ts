/**
 * Text that is safe inside HTML and SVG, whatever it says.
 * @module
 */
import { escapeControls } from '../cli/text.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Controls and direction marks show as their codes: HTML has no way to write some, and others turn the page around. */
export const escapeText = (text: string): string =>
  escapeControls(text).replace(/[&<>"']/g, (found) => ENTITIES[found] ?? found);

/** The same, and a long name may break after its dots rather than anywhere. */
export const escapeName = (name: string): string => escapeText(name).replace(/[._/](?=.)/g, '$&<wbr>');
