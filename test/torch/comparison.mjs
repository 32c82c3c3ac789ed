/** Plays sequences of calls on both sides and counts how they compare. The first differences are printed in full. */
import { compareElements } from './compare-elements.mjs';
import { drawPiece, Life, sha256, specOf, streamTensors } from './here.mjs';

const isFill = (step) => step.do === 'fill';
const sizeOf = ({ shape }) => shape.reduce((product, length) => product * length, 1);

/** The C library's logarithm, sine and cosine are in them, and another library may round otherwise. */
const isLenient = ({ kind, dtype }) => dtype === 'float64' && kind.includes('normal');
/** No side has a reason to refuse it, so it may run beside others. */
const isCalm = ({ parameters }) =>
  Object.values(parameters).every((value) => !(Math.abs(value) > 1000)) &&
  !(parameters.std < 0 || parameters.low > parameters.high);

/** Steps that run at once: a transfer or an extreme call alone, else up to `atOnce` fills. */
function* batchesOf({ steps, atOnce }) {
  const mayShare = (step) => isFill(step) && isCalm(step);
  for (let i = 0; i < steps.length;) {
    let end = i + 1;
    if (mayShare(steps[i])) while (end < Math.min(i + atOnce, steps.length) && mayShare(steps[end])) end++;
    yield steps.slice(i, end);
    i = end;
  }
}

/** The first differences are printed. */
const SHOWN = 5;

export class Comparison {
  counts = { calls: 0, elements: 0, transfers: 0, specs: 0, slices: 0, ulps: 0, differences: 0 };
  refusals = { both: [], torch: [], here: [] };

  /** @param torch  what answers, with `ask` */
  constructor(torch) {
    this.torch = torch;
  }

  async run(engine, sequence) {
    const { seed, steps } = sequence;
    const life = new Life(engine, seed);
    this.compareStates({ seed }, sha256(life.state()), await this.torch.ask({ do: 'seed', seed }));
    const drawn = [];
    for (const batch of batchesOf(sequence)) {
      const [first] = batch;
      if (isFill(first)) drawn.push(...(await this.fill(life, batch)));
      else await this.transfer(life, first);
    }
    if (steps.every(isFill)) await this.compareSpec(engine, seed, drawn);
  }

  /** @returns the calls that neither side refused, with the bytes drawn here */
  async fill(life, calls) {
    // Both sides begin before either is waited for.
    const begun = calls.map((call, i) => {
      const number = this.counts.calls + i;
      return { call, number, there: this.torch.ask({ ...call, number }), ...life.fill(call) };
    });
    const drawn = [];
    for (const { call, number, there, result, state } of begun) {
      const [answer, outcome] = [await there, await result];
      this.counts.calls++;
      if (answer.refused !== undefined || outcome.refused !== undefined) {
        await this.countRefusal(life, call, outcome, answer, calls.length === 1);
        continue;
      }
      this.counts.elements += sizeOf(call);
      await this.compareBytes(call, outcome.bytes, answer, number);
      this.compareStates(call, state, answer);
      drawn.push({ call, bytes: outcome.bytes });
    }
    return drawn;
  }

  /** What only one side refuses, the other has drawn: they go on from the state of the side that refused it. */
  async countRefusal(life, call, { refused }, answer, isAlone) {
    const side = refused === undefined ? 'torch' : answer.refused === undefined ? 'here' : 'both';
    this.refusals[side].push(refused ?? answer.refused);
    if (side !== 'both' && !isAlone) return this.complain('refused by one side', call, { refused, answer });
    if (side === 'torch') await this.transfer(life, { do: 'take' });
    if (side === 'here') await this.transfer(life, { do: 'give' });
    this.compareStates(
      call,
      sha256(life.state()),
      side === 'here' ? await this.torch.ask({ do: 'look' }) : answer,
    );
  }

  async compareBytes(call, bytes, answer, number) {
    if (sha256(bytes) === answer.sha256) return;
    const { bytes: theirs } = await this.torch.ask({ do: 'bytes', number });
    const found =
      theirs === undefined ? undefined : compareElements(call.dtype, bytes, Buffer.from(theirs, 'base64'));
    if (isLenient(call) && found?.ulps === 1) this.counts.ulps += found.count;
    else this.complain('the elements of', call, found ?? { here: sha256(bytes), torch: answer.sha256 });
  }

  compareStates(call, here, { state }) {
    if (here !== state) this.complain('the state after', call, { here, torch: state });
  }

  async transfer(life, step) {
    const { do: what, words } = step;
    this.counts.transfers++;
    if (what === 'clone') life.clone();
    if (what === 'skip') {
      await life.skip(words);
      this.compareStates(step, sha256(life.state()), await this.torch.ask(step));
    }
    if (what === 'take') {
      const { bytes } = await this.torch.ask({ do: 'state' });
      life.take(new Uint8Array(Buffer.from(bytes, 'base64')));
    }
    if (what === 'give') {
      const state = Buffer.from(life.state());
      this.compareStates(
        { do: what },
        sha256(state),
        await this.torch.ask({ do: 'restore', state: state.toString('base64') }),
      );
    }
  }

  /** The same calls as one spec give the same bytes, as a stream and as a slice of one of its tensors. */
  async compareSpec(engine, seed, drawn) {
    if (drawn.length === 0) return;
    const calls = drawn.map(({ call }) => call);
    const spec = specOf({ seed, calls });
    const tensors = await streamTensors(engine, spec);
    this.counts.specs++;
    for (const [i, { call, bytes }] of drawn.entries()) {
      const name = `t${i}`;
      if (sha256(tensors.get(name)) !== sha256(bytes))
        this.complain('a spec of', call, compareElements(call.dtype, tensors.get(name), bytes));
    }
    const i = Math.floor(drawn.length / 2);
    if (drawn.length > 0) await this.compareSlice(engine, spec, `t${i}`, drawn[i]);
  }

  /** The second third of a tensor. */
  async compareSlice(engine, spec, name, { call, bytes }) {
    const size = sizeOf(call);
    const [start, end] = [Math.floor(size / 3), Math.ceil((2 * size) / 3)];
    const width = bytes.length / Math.max(1, size);
    const piece = await drawPiece(engine, spec, name, start, end);
    const expected = bytes.subarray(start * width, end * width);
    this.counts.slices++;
    if (Buffer.compare(piece, expected) !== 0)
      this.complain(`from element ${start}, a slice of`, call, compareElements(call.dtype, piece, expected));
  }

  complain(what, call, found) {
    this.counts.differences++;
    if (this.counts.differences > SHOWN) return;
    console.log(
      `call ${this.counts.calls}: ${what} ${JSON.stringify(call)} differs: ${JSON.stringify(found)}`,
    );
  }
}
