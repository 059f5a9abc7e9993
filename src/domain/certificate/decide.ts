/** The rule book of a certificate: each function answers the events of one command, or throws its refusal. */
export { blockCourse } from './blocking.ts';
export { correctAttendance, recordLesson, reverseLesson } from './charging.ts';
export {
  closeCertificate,
  closePeriodOfCertificate,
  freezeCertificate,
  releaseBlock,
  terminateContract,
  unfreezeCertificate,
} from './ending.ts';
export { adjustNominal, issueCertificate, topUpNominal } from './issuing.ts';
