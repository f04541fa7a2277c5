/**
 * A path of the host made whole. The host resolves paths of recipes itself; this is for the calls that take whole paths
 * only. Both `/` and `\` may separate, since the page may belong to any system.
 */
export function absoluteHostPath(folder: string, path: string): string {
  if (/^([\\/]|[A-Za-z]:[\\/])/.test(path)) return path
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/'
  const parts = folder.replace(/[\\/]$/, '').split(/[\\/]/)
  for (const part of path.split(/[\\/]/)) {
    if (part === '..' && parts.length > 1) parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join(separator)
}
