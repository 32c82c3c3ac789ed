/**
 * The maps of values, by name. They are checked where nothing is computed.
 * @module
 */
export const MAP_KINDS = ['log', 'exp', 'inverse_softplus', 'power'] as const;
export type MapKind = (typeof MAP_KINDS)[number];
