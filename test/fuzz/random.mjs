/** Random choices from a seed (splitmix32), and ways to break a text. */

export function makeRandom(seed) {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  const below = (end) => next() % Math.max(1, end);
  return { below, pick: (items) => items[below(items.length)], chance: (share) => next() / 2 ** 32 < share };
}

/** Tokens that parsers have stumbled over. */
const TOKENS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '{}',
    '[]',
    '""',
    'null',
    'true',
    'false',
    ' ',
    '\n',
    '\t',
    '\u0000',
  ],
  ...[
    '0',
    '-0',
    '-1',
    '1',
    '00',
    '1.0',
    '1e0',
    '1E400',
    '-1e-400',
    '0.1',
    '4',
    '8',
    '24',
    '65536',
    '2147483648',
  ],
  ...[
    '4294967296',
    '9007199254740991',
    '9007199254740992',
    '9223372036854775808',
    '18446744073709551616',
    'NaN',
    'Infinity',
  ],
  ...[
    '"__proto__"',
    '"constructor"',
    '"toString"',
    '"length"',
    '"__metadata__"',
    '"../x"',
    '"./1.safetensors"',
    '"/etc/passwd"',
    '"a\\u0000b"',
  ],
  ...[
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\x"',
    '"\\u12"',
    '\ufeff',
    '\u2028',
    '\ud83d\ude00',
    '/**/',
    '//',
    "'",
  ],
  ...[
    '"dtype"',
    '"shape"',
    '"data_offsets"',
    '"weight_map"',
    '"metadata"',
    '"jumpfill"',
    '"byte_contract"',
    '"seed"',
  ],
  ...[
    '"F32"',
    '"BF16"',
    '"F4"',
    '"F6_E2M3"',
    '"U64"',
    '"float32"',
    '"int8"',
    '"inf"',
    '"-inf"',
    '"init"',
    '"kind"',
  ],
  ...[
    '"rules"',
    '"match"',
    '"*"',
    '"**?*"',
    '"re:("',
    '"re:[\\ud800]"',
    '"shard_size"',
    '"1.5GiB"',
    '"0"',
    '"-1GB"',
    '"1e999GB"',
    '"tensors"',
    '"default"',
    '"name"',
    '"wage"',
    '"normal"',
    '"he_normal"',
    '"uniform"',
    '"codes"',
    '"bits"',
    '"mode"',
    '"keep"',
    '"skip"',
    '"rename"',
    '"$1"',
    '"$9$$"',
  ],
];

/** Breaks a text at up to four positions. */
export function breakText(text, random) {
  let broken = text;
  for (let i = random.below(5); i > 0; i--) broken = breakOnce(broken, random);
  return broken;
}

/** A position in the text, most of the time where a token begins. */
function positionIn(text, random) {
  const any = random.below(text.length + 1);
  if (random.chance(0.2)) return any;
  const offset = text.slice(any).search(/[[\]{},:"0-9]/);
  return offset < 0 ? any : any + offset;
}

/** A string, a number, a word, or one character. */
const TOKEN = /^(?:"(?:[^"\\]|\\.)*"|-?[0-9.eE+]+|[a-z]+|[^])?/;

function breakOnce(text, random) {
  const at = positionIn(text, random);
  const [before, after] = [text.slice(0, at), text.slice(at)];
  const token = TOKEN.exec(after)?.[0] ?? '';
  switch (random.below(8)) {
    case 0:
      return before + random.pick(TOKENS) + after;
    case 1:
    case 2:
      return before + random.pick(TOKENS) + after.slice(token.length);
    case 3:
      return before + after.slice(token.length);
    case 4:
      return before + after.slice(random.below(30));
    case 5: {
      // The same again, or another piece of the same text.
      const from = random.chance(0.5) ? at : positionIn(text, random);
      return before + text.slice(from, from + random.below(60)) + after;
    }
    case 6:
      return before + random.pick(['[', '{"a":', '"', '\\']).repeat(random.below(300)) + after;
    default:
      return before + String.fromCharCode(random.below(random.chance(0.8) ? 128 : 65_536)) + after.slice(1);
  }
}

/** Breaks bytes: changes some, and may cut off the end. */
export function breakBytes(bytes, random) {
  const broken = Buffer.from(bytes);
  for (let i = random.below(3); i > 0 && broken.length > 0; i--) {
    broken[random.below(broken.length)] = random.below(256);
  }
  return random.chance(0.1) ? broken.subarray(0, random.below(broken.length + 1)) : broken;
}
