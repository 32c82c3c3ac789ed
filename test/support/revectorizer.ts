/** Whether this Node's V8 revectorizes: that of Node 24 and later. */
export const HAS_REVECTORIZER = Number.parseInt(process.versions.v8, 10) >= 13;
