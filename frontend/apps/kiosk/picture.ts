/** The picture of a paper: taken from the camera, kept in memory only, and gone when it is let go. */

/** Quality of the JPEG, from 0 to 1: print stays readable. */
const QUALITY = 0.92;

/** Holds at most one picture. */
export class Picture {
  private blob: Blob | null = null;
  private url = '';

  /** Takes the current image of a video. Returns an address for the screen; throws without a picture. */
  async take(video: HTMLVideoElement): Promise<string> {
    this.discard();
    if (video.videoWidth === 0) throw new Error('no picture');
    const canvas = document.createElement('canvas');
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext('2d')?.drawImage(video, 0, 0);
    this.blob = await new Promise<Blob>((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/jpeg', QUALITY);
    });
    canvas.width = 0;
    this.url = URL.createObjectURL(this.blob);
    return this.url;
  }

  /** The picture as it will be sent. */
  get content(): Blob | null {
    return this.blob;
  }

  /** Lets it go. */
  discard(): void {
    if (this.url !== '') URL.revokeObjectURL(this.url);
    this.url = '';
    this.blob = null;
  }
}
