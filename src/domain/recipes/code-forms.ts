/**
 * The forms in which a WAGE layer may be written: weights, their codes, or their packed codes.
 * @module
 */
export const PACKED_CODES = 'pack-quantized';

/** The values of the parameter `codes`. */
export const CODE_FORMS = [false, true, PACKED_CODES] as const;
