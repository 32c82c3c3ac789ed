/** torch's answers written down, and given again where there is no torch. States, which are long, are deflated. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

const pack = (bytes) => deflateRawSync(Buffer.from(bytes, 'base64')).toString('base64');
const unpack = (bytes) => inflateRawSync(Buffer.from(bytes, 'base64')).toString('base64');

/** Asks torch and keeps what it answers. */
export class Recorder {
  answers = [];

  constructor(torch) {
    this.torch = torch;
  }

  async ask(request) {
    // Before it is answered: the answers come in the order of the requests.
    const index = this.answers.push(undefined) - 1;
    const answer = await this.torch.ask(request);
    const { bytes } = answer;
    this.answers[index] = bytes === undefined ? answer : { bytes: pack(bytes) };
    return answer;
  }
}

/** Answers as torch did, whatever is asked; bytes of tensors are not known. */
export class Player {
  constructor(answers) {
    this.answers = answers.values();
  }

  async ask({ do: what }) {
    if (what === 'bytes') return {};
    const { value } = this.answers.next();
    if (value === undefined) throw new Error('the recording ended before the calls did');
    return value.bytes === undefined ? value : { bytes: unpack(value.bytes) };
  }
}
