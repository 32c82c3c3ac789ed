/**
 * Makes any text safe inside HTML and SVG.
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

/** Controls and direction marks become their codes: HTML cannot write some of them, and others would reverse the page. */
export const escapeText = (text: string): string =>
  escapeControls(text).replace(/[&<>"']/g, (found) => ENTITIES[found] ?? found);

/** The same for a name, without its middle if it is long. */
export const escapeLabel = (name: string): string => escapeText(cutName(name));

/** The same for a name that may break after its dots. */
export const escapeName = (name: string): string => escapeLabel(name).replace(/[._/](?=.)/g, '$&<wbr>');
