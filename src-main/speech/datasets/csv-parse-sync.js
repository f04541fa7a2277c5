// The package declares its functions with Node's Buffer, whose types this room must not see: csv-parse-sync.d.ts
// declares the part in use instead.
export { parse } from 'csv-parse/browser/esm/sync'
