/** Vite's `?raw`: the file's text, read when Lathe is built. */
declare module '*.css?raw' {
  const text: string
  export default text
}
