export * from './detect';
export * from './geometry';
