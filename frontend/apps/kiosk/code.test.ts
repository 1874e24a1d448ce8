import { describe, expect, it } from 'vitest';
import { codeFromScan, digitsOf, spelled } from './code';

describe('a pickup code', () => {
  it('forgives spaces, dots and dashes, and stops at ten digits', () => {
    expect(digitsOf(' 482 719-35.06 9')).toBe('4827193506');
  });

  it('is spelled digit by digit', () => {
    expect(spelled('482')).toBe('4 8 2');
  });

  it('is read from a QR only when the QR is nothing else', () => {
    expect(codeFromScan('4827193506')).toBe('4827193506');
    expect(codeFromScan(' 482 719 3506\n')).toBe('4827193506');
    for (const other of ['', '482719350', '48271935061', 'https://example.it/4827193506', 'x4827193506']) {
      expect(codeFromScan(other), other).toBeNull();
    }
  });
});
