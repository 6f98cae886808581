/** Icons arrive as text (the bundler's loader for .svg). */
declare module '*.svg' {
  const markup: string;
  // biome-ignore lint/style/noDefaultExport: how the bundler hands a text file over
  export default markup;
}
