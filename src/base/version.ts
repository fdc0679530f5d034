/** Of this package. */
export const oleloVersion = '0.1.0';
