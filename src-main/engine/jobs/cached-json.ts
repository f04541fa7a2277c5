import type { Cache } from '../../workspace/cache'

/** Which entry of the cache. */
export interface CachedEntry {
  readonly kind: string
  readonly key: string
  /** Makes it even when it is there, and puts the new one in its place; when that fails, the old one stays. */
  readonly again?: boolean
}

/** An entry of the cache that is JSON: what is there, or what `make` makes, which is then kept. */
export async function cachedJson<T>(
  cache: Cache,
  { kind, key, again = false }: CachedEntry,
  schema: { parse(stored: unknown): T },
  make: () => Promise<T>
): Promise<T> {
  const cached = again ? undefined : await cache.read(kind, key)
  if (cached !== undefined) return schema.parse(JSON.parse(new TextDecoder().decode(cached)))
  const made = await make()
  await cache.write(kind, key, new TextEncoder().encode(JSON.stringify(made)))
  return made
}
