/**
 * A pattern over names as recipes write it: `*` is any text, dots and slashes included; every other character stands for
 * itself.
 */
export function namePattern(pattern: string): RegExp {
  const literal = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|/-]/g, '\\$&'))
  // `s`: a name may hold a line break, as any string of an ONNX file may.
  return new RegExp(`^${literal.join('.*')}$`, 's')
}
