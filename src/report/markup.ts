/**
 * Text that is safe inside HTML and SVG, whatever it says.
 * @module
 */
import { cutName, escapeControls } from '../text/printable.js';

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

/** Of a name: the same, and without its middle if it is long. */
export const escapeLabel = (name: string): string => escapeText(cutName(name));

/** The same again, and it may break after its dots rather than anywhere. */
export const escapeName = (name: string): string => escapeLabel(name).replace(/[._/](?=.)/g, '$&<wbr>');
