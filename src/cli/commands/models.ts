/**
 * `jumpfill models`
 * @module
 */
import { sumOf } from '../../base/sum.js';
import { ARCHITECTURES, sourceOf, TRANSFORMERS } from '../../domain/architectures/table.js';
import { resolveModel } from '../../domain/specs/spec.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { readSpecFile } from '../../storage/read/spec-file.js';
import { roomOf, styleFor, type Style } from '../../text/colours.js';
import { formatColumns, type Column } from '../../text/columns.js';
import { formatByteSize, groupDigits } from '../../text/numbers.js';
import { describeModel, listModels, locateSpec } from '../arguments/built-in-models.js';
import type { ModelsCommand } from '../arguments/command.js';
import { printReport } from '../output/print-report.js';

/** A spec that ships. */
interface ModelReport {
  readonly name: string;
  readonly what: string;
  readonly tensors: number;
  readonly parameters: number;
  readonly byteLength: number;
  /** The dtypes of its tensors. */
  readonly dtypes: readonly string[];
}

/** An architecture that `--init auto` knows. */
interface ArchitectureReport {
  /** `model_type` of config.json. */
  readonly type: string;
  /** Where the authors' draws are written: a file under src/transformers/models. */
  readonly source: string;
  /** What differs from transformers' default; empty if nothing does. */
  readonly differs: string;
}

export async function runModels({ output }: ModelsCommand): Promise<void> {
  const models = await Promise.all(listModels().map(reportModel));
  const architectures = reportArchitectures();
  const [room, style] = [roomOf(process.stdout), styleFor(process.stdout)];
  const format = (): string =>
    [formatModels(models, room, style), formatArchitectures(architectures, room, style)].join('\n\n');
  printReport({ models, sources: TRANSFORMERS, architectures }, format, output);
}

async function reportModel(name: string): Promise<ModelReport> {
  const { tensors } = resolveModel(await readSpecFile(locateSpec(name)));
  return {
    name,
    what: describeModel(name),
    tensors: tensors.length,
    parameters: sumOf(tensors, ({ elementCount }) => elementCount),
    byteLength: sumOf(tensors, ({ elementCount, dtype }) => elementCount * DTYPES[dtype].byteWidth),
    dtypes: [...new Set(tensors.map(({ dtype }) => dtype))],
  };
}

const reportArchitectures = (): readonly ArchitectureReport[] =>
  ARCHITECTURES.flatMap(({ types, differs }) =>
    types.map((type) => ({ type, source: sourceOf(type), differs })),
  ).sort((a, b) => (a.type < b.type ? -1 : 1));

const MODEL_NAME: Column<ModelReport> = { title: 'spec', align: 'left', rank: 0, cell: ({ name }) => name };

const MODEL_COLUMNS: readonly Column<ModelReport>[] = [
  { title: 'parameters', align: 'right', rank: 1, cell: ({ parameters }) => groupDigits(parameters) },
  { title: 'bytes', align: 'right', rank: 2, cell: ({ byteLength }) => formatByteSize(byteLength) },
  { title: 'dtype', align: 'left', rank: 3, cell: ({ dtypes }) => dtypes.join(', ') },
  { title: 'what', align: 'left', rank: 4, cell: ({ what }) => what },
];

const formatModels = (models: readonly ModelReport[], room: number, style: Style): string =>
  formatColumns(MODEL_NAME, MODEL_COLUMNS, models, room, style);

const TYPE: Column<ArchitectureReport> = {
  title: 'architecture',
  align: 'left',
  rank: 0,
  cell: ({ type }) => type,
};

const ARCHITECTURE_COLUMNS: readonly Column<ArchitectureReport>[] = [
  { title: `source (${TRANSFORMERS})`, align: 'left', rank: 1, cell: ({ source }) => source },
];

/** What differs is on the page and in --json: it does not fit a line. */
const formatArchitectures = (
  architectures: readonly ArchitectureReport[],
  room: number,
  style: Style,
): string => formatColumns(TYPE, ARCHITECTURE_COLUMNS, architectures, room, style);
