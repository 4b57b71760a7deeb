/** The build without subtitles, encryption and other audio tracks; its package types only the whole one. */
declare module 'hls.js/light' {
  export { default } from 'hls.js'
}
