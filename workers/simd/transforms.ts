// The module of transforms: they take what a fill has stored to another distribution, in place, a tile at a time or while
// they make the next. Apart from the fills because V8's revectorizer joins their independent vectors, and does not
// understand a fill's loop (in Node 26 it even ends the process there). Same memory, same groups, same lane states.

export {
  one, p0, p1, p2, p3, p4, q0, q1, q2, q3, truncatedNormal, truncatedNormalCentred,
} from "./truncated-normal";
export { half } from "./uniform";
export { truncatedNormalAhead, truncatedNormalCentredAhead } from "./ahead";
