import { expect } from 'chai';
import { Moves } from '../../../browser/certificate/moves.ts';

const step = (path: string, from: string, to: string) => ({
  path,
  before: { x: from, y: '' },
  after: { x: to, y: '' },
});

describe('moves that can be taken back', () => {
  it('are taken back and done again in order', () => {
    const moves = new Moves();
    moves.add(step('a', '', '1'), false, 0);
    moves.add(step('b', '5', '6'), false, 10);
    expect([moves.undo(), moves.undo(), moves.undo()]).to.deep.equal([step('b', '5', '6'), step('a', '', '1'), null]);
    expect([moves.canUndo, moves.canRedo]).to.deep.equal([false, true]);
    expect([moves.redo(), moves.redo(), moves.redo()]).to.deep.equal([step('a', '', '1'), step('b', '5', '6'), null]);
  });

  it('by keys in quick succession are one, of one element', () => {
    const moves = new Moves();
    moves.add(step('a', '1', '2'), true, 0);
    moves.add(step('a', '2', '3'), true, 900);
    moves.add(step('a', '3', '4'), true, 1800);
    expect(moves.undo()).to.deep.equal(step('a', '1', '4'));
    moves.add(step('a', '1', '2'), true, 2000);
    moves.add(step('b', '1', '2'), true, 2100);
    moves.add(step('b', '2', '3'), true, 3200);
    expect([moves.undo(), moves.undo(), moves.undo()].map((one) => one?.path)).to.deep.equal(['b', 'b', 'a']);
  });

  it('by pointer stay apart from those by keys', () => {
    const moves = new Moves();
    moves.add(step('a', '1', '9'), false, 0);
    moves.add(step('a', '9', '10'), true, 10);
    expect(moves.undo()).to.deep.equal(step('a', '9', '10'));
  });

  it('that lead nowhere are none, and a new one ends what could be done again', () => {
    const moves = new Moves();
    moves.add(step('a', '1', '1'), false, 0);
    expect(moves.canUndo).to.equal(false);
    moves.add(step('a', '1', '2'), false, 0);
    moves.undo();
    moves.add(step('a', '1', '3'), false, 0);
    expect(moves.redo()).to.equal(null);
  });

  it('are kept to the last hundred', () => {
    const moves = new Moves();
    for (let i = 0; i < 150; i++) moves.add(step('a', String(i), String(i + 1)), false, i);
    let count = 0;
    while (moves.undo()) count += 1;
    expect(count).to.equal(100);
  });
});
