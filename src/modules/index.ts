import type { AnyModule } from '../module/define.ts';
import acc from './acc/index.ts';
import aliasDb from './alias_db/index.ts';
import auth from './auth/index.ts';
import authDb from './auth_db/index.ts';
import cfgRpc from './cfg_rpc/index.ts';
import cfgutils from './cfgutils/index.ts';
import corex from './corex/index.ts';
import counters from './counters/index.ts';
import crypto from './crypto/index.ts';
import ctl from './ctl/index.ts';
import dbFlatstore from './db_flatstore/index.ts';
import dbMysql from './db_mysql/index.ts';
import dbPostgres from './db_postgres/index.ts';
import dbSqlite from './db_sqlite/index.ts';
import dbText from './db_text/index.ts';
import debug from './debugger/index.ts';
import domain from './domain/index.ts';
import group from './group/index.ts';
import htable from './htable/index.ts';
import jsonrpcs from './jsonrpcs/index.ts';
import jwt from './jwt/index.ts';
import kex from './kex/index.ts';
import maxfwd from './maxfwd/index.ts';
import nathelper from './nathelper/index.ts';
import outbound from './outbound/index.ts';
import path from './path/index.ts';
import permissions from './permissions/index.ts';
import pike from './pike/index.ts';
import presence from './presence/index.ts';
import presenceXml from './presence_xml/index.ts';
import pv from './pv/index.ts';
import registrar from './registrar/index.ts';
import rr from './rr/index.ts';
import rtpengine from './rtpengine/index.ts';
import rtpproxy from './rtpproxy/index.ts';
import sanity from './sanity/index.ts';
import sdpops from './sdpops/index.ts';
import secsipid from './secsipid/index.ts';
import secsipidProc from './secsipid_proc/index.ts';
import siputils from './siputils/index.ts';
import sl from './sl/index.ts';
import speeddial from './speeddial/index.ts';
import sqlops from './sqlops/index.ts';
import statistics from './statistics/index.ts';
import textops from './textops/index.ts';
import textopsx from './textopsx/index.ts';
import tls from './tls/index.ts';
import tm from './tm/index.ts';
import tmx from './tmx/index.ts';
import uriDb from './uri_db/index.ts';
import usrloc from './usrloc/index.ts';
import websocket from './websocket/index.ts';
import xhttp from './xhttp/index.ts';
import xlog from './xlog/index.ts';

/** The only list of modules: what `loadmodule` can load. */
export const modules: readonly AnyModule[] = [
  acc,
  aliasDb,
  auth,
  authDb,
  cfgRpc,
  cfgutils,
  corex,
  counters,
  crypto,
  ctl,
  dbFlatstore,
  dbMysql,
  dbPostgres,
  dbSqlite,
  dbText,
  debug,
  htable,
  domain,
  group,
  jsonrpcs,
  jwt,
  kex,
  maxfwd,
  nathelper,
  outbound,
  path,
  permissions,
  pike,
  presence,
  presenceXml,
  pv,
  registrar,
  rr,
  rtpengine,
  rtpproxy,
  sanity,
  secsipid,
  secsipidProc,
  sdpops,
  siputils,
  sl,
  sqlops,
  speeddial,
  statistics,
  textops,
  textopsx,
  tls,
  tm,
  tmx,
  uriDb,
  usrloc,
  websocket,
  xhttp,
  xlog,
];
