/** The owner's settings of the picture. */
export interface Picture {
  width: number
  height: number
  framesPerSecond: number
  bitrateKbps: number
}

/** As a person reads it: `640 × 480 at 15 pictures a second`. */
export function pictureText({ width, height, framesPerSecond }: Picture): string {
  return `${width} × ${height} at ${framesPerSecond} pictures a second`
}
