/**
 * An initialiser with all its parameters, as plain numbers: what depends on the tensor's shape and name, or on another tensor, is resolved
 * here, so that whatever follows needs this one initialiser only.
 * @module
 */
import { badParameter } from '../../base/parameter-checks.js';
import { isPlainObject } from '../../base/objects.js';
import { nameTensor } from '../../base/wording.js';
import { resolveFans, type FanChoice } from './chosen-fans.js';
import {
  completeInit,
  INIT_KINDS,
  INIT_PARAMETERS,
  type Init,
  type InitInput,
  type InitKind,
} from './init.js';
import { canScale, type Parameter } from './parameters.js';
import { namedShape, resolveScaled, type InitContext } from './resolve-scaled.js';
import { checkScaled, isScaled } from './scaled-number.js';

/**
 * The given parameters, the defaults of the rest, and the doubles that scaled numbers and `fan_of` stand for.
 * @throws {ValueError} BAD_OPTION, BAD_RANGE, BAD_SHAPE: what checkScaled, resolveScaled and completeInit refuse; a fan-in that is given
 *   twice; what shapeOf and captureOf of the context throw
 */
export function resolveInit(given: InitInput, context: InitContext): Init {
  const init = completeInit(hasObjects(given) ? resolveObjects(given, context) : given, context.name);
  return 'fan_of' in init ? takeFans(init, context) : init;
}

/** Scaled numbers and rows are objects; most initialisers have none. */
const hasObjects = (given: InitInput): boolean =>
  Object.values(given).some((value) => typeof value === 'object');

function resolveObjects(given: InitInput, context: InitContext): InitInput {
  const parameters: Readonly<Record<string, Parameter>> = INIT_PARAMETERS[given.kind];
  const resolved = Object.entries(given).map(([key, value]: [string, unknown]) => {
    const parameter = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    if (parameter === undefined || !canScale(parameter) || !isScaled(value)) return [key, value];
    checkScaled(value, key, `${nameTensor(context.name)}: `);
    return [key, resolveScaled(value, key, context)];
  });
  const { rows, ...others } = Object.fromEntries(resolved) as InitInput;
  const nested = rows === undefined ? {} : { rows: resolveRows(rows, context) };
  return { ...others, ...nested } as InitInput;
}

/** Each initialiser of rows sees its rows as a tensor. What is no such thing is left for completeInit to refuse. */
function resolveRows(rows: unknown, context: InitContext): unknown {
  if (!Array.isArray(rows)) return rows;
  return rows.map((row: unknown) => {
    if (!isPlainObject(row)) return row;
    const { from, to, init } = row;
    if (!isPlainObject(init)) return row;
    const kind = INIT_KINDS.find((known) => known === init['kind']);
    if (kind === undefined || !hasKnownKeys(init, kind)) return row;
    const shape = [Number(to) - Number(from), ...context.shape.slice(1)];
    return { ...row, init: resolveInit(init as unknown as InitInput, { ...context, shape }) };
  });
}

const hasKnownKeys = (init: object, kind: InitKind): boolean =>
  Object.keys(init).every((key) => key === 'kind' || Object.hasOwn(INIT_PARAMETERS[kind], key));

/** An orthogonal matrix has axes and no fans. */
type Scheme = Exclude<Extract<Init, FanChoice>, { kind: 'orthogonal' }>;

/** The fans of the named tensor, by the initialiser's layout and axes, in place of its name. */
function takeFans(init: Scheme, context: InitContext): Init {
  const { fan_of: reference, in_axis, out_axis, batch_axis, ...rest } = init;
  if (reference === undefined) return init;
  for (const fan of ['fan_in', 'fan_out'] as const)
    if (rest[fan] !== undefined)
      throw badParameter(
        'BAD_OPTION',
        fan,
        rest[fan],
        context.name,
        'fan_of gives both fans: write one of them.',
      );
  const shape = namedShape(reference, 'fan_of', context);
  const axes = { layout: init.layout, ...definedOf({ in_axis, out_axis, batch_axis }) };
  const { fanIn, fanOut } = resolveFans(axes, 'fan_avg', shape, reference);
  return completeInit({ ...rest, fan_in: fanIn, fan_out: fanOut }, context.name);
}

const definedOf = <T extends object>(values: T): T =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
