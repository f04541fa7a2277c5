import manifest from '../../package.json' with { type: 'json' }

/** The version of Lathe that made a record or model. */
export const latheVersion: string = manifest.version
