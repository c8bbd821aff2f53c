/** The sum of all bytes: what was sent and what was received must agree. */
export const sum = (bytes) => bytes.reduce((total, byte) => total + byte, 0);
