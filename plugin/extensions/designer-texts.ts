/** What the designer of certificates in the browser says. A page hands the texts over in the language of whoever reads it. */

import { msg } from '../words.ts';

export const designerTexts = {
  // what an element is aligned with
  middleOfPage: msg('the middle of the page'),
  halfHeight: msg('half the height of the page'),
  leftMargin: msg('the left margin'),
  rightMargin: msg('the right margin'),
  lowerMargin: msg('the lower margin'),
  upperMargin: msg('the upper margin'),
  leftEdge: msg('the left edge of {name}'),
  middle: msg('the middle of {name}'),
  rightEdge: msg('the right edge of {name}'),
  line: msg('the line of {name}'),
  lowerEdge: msg('the lower edge of {name}'),
  upperEdge: msg('the upper edge of {name}'),
  // where it is
  left: msg('{name} begins {x} points from the left, its line {y} points from the bottom'),
  center: msg('{name} has its middle {x} points from the left, its line {y} points from the bottom'),
  right: msg('{name} ends {x} points from the left, its line {y} points from the bottom'),
  picture: msg('{name} is {x} points from the left, its lower edge {y} points from the bottom'),
  placed: msg('{place}.'),
  aligned: msg('{place}, aligned with {guides}.'),
  // what becomes of a move
  stays: msg('{name} stays where it was.'),
  fixed: msg('{name} cannot be moved here; write its place as JSON.'),
  takenBack: msg('Taken back: {name}.'),
  movedAgain: msg('Moved again: {name}.'),
  nothingToTakeBack: msg('There is nothing to take back.'),
  nothingToDoAgain: msg('There is nothing to do again.'),
  shownAsJson: msg('The options are shown as JSON. Press "As fields" to move things.'),
  // the picture
  earlier: msg('Of an earlier state'),
  cannotDraw: msg('This browser cannot draw the page; open a sample below instead.'),
  unreachable: msg('The server cannot be reached; the picture is of an earlier state. Change something to try again.'),
  leftOut: msg('The server left out a part of the picture; load the page again.'),
  // what saving changes
  notShown: msg('The certificate in force cannot be shown: {reasons}'),
  otherSize: msg('The page has another size'),
  same: msg('The picture stays the same'),
  hardly: msg('Less than 0.1 % of the picture changes'),
  share: msg('{percent} % of the picture changes'),
  changes: msg('{share}.'),
  changesAndMoves: msg('{share}; moved, new or gone: {names}.'),
  // beside the page
  text: msg('text'),
  image: msg('image'),
  qrCode: msg('QR code'),
  size: msg('{width} pt wide, {height} pt high.'),
  written: msg('“{text}”, {size}'),
  fits: msg('Everything fits.'),
  goTo: msg('Go to it'),
  error: msg('Error:'),
  note: msg('Note:'),
} as const;

export type DesignerText = keyof typeof designerTexts;

/** As a page hands it over, in JSON. */
export interface DesignerSpeech {
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  readonly texts: Readonly<Record<DesignerText, string>>;
}
