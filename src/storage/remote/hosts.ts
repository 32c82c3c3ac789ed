/**
 * Which hosts may be asked without encryption.
 * @module
 */

/** Checks for this machine itself: what is sent there does not leave it. Names below localhost may be resolved to another one. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
