export const params = {
  key_mode: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: '0: keys are read for each use; 1: they are kept after the first.',
  },
} as const;
