import { WorkbenchError } from '@contract/errors'

export interface ImageSize {
  readonly width: number
  readonly height: number
}

/** Pictures of charts have the same size wherever they are saved. */
export const imageSize: ImageSize = { width: 960, height: 540 }

/**
 * An SVG document as a PNG with two pixels for one, drawn by the browser.
 *
 * @throws WorkbenchError `io` when the browser does not draw it.
 */
export async function svgToPng(svg: string, size = imageSize): Promise<Blob> {
  const image = new Image(size.width, size.height)
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(sized(svg, size))}`
  try {
    await image.decode()
  } catch (thrown) {
    throw undrawn(thrown)
  }
  const canvas = document.createElement('canvas')
  canvas.width = size.width * 2
  canvas.height = size.height * 2
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (blob === null) throw undrawn(undefined)
  return blob
}

/** Without a width and a height of its own a drawing has no size in some browsers. */
function sized(svg: string, { width, height }: ImageSize): string {
  const start = svg.slice(0, svg.indexOf('>'))
  return /\swidth=/u.test(start) ? svg : svg.replace('<svg', `<svg width="${width}" height="${height}"`)
}

function undrawn(cause: unknown): WorkbenchError {
  return new WorkbenchError('io', 'The browser could not draw the chart as a picture: save it as SVG.', {
    cause
  })
}
