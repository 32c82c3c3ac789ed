/** True if V8 can revectorize: in Node 24 and later. */
export const HAS_REVECTORIZER = Number.parseInt(process.versions.v8, 10) >= 13;
