-- Schema HR of the demo: written for it, with a column of every kind that the type contract names.
CREATE TABLE hr.locations (
  location_id  NUMBER(6)          CONSTRAINT locations_pk PRIMARY KEY,
  street       VARCHAR2(60 CHAR),
  postal_code  VARCHAR2(12 CHAR),
  city         VARCHAR2(40 CHAR)  NOT NULL,
  country_code CHAR(2)            NOT NULL,
  latitude     NUMBER(9,6),
  longitude    NUMBER(9,6),
  opened_on    DATE
);

CREATE TABLE hr.jobs (
  job_id       VARCHAR2(10 CHAR)  CONSTRAINT jobs_pk PRIMARY KEY,
  title        VARCHAR2(60 CHAR)  NOT NULL,
  min_salary   NUMBER(10,2),
  max_salary   NUMBER(10,2),
  weight       NUMBER,
  CONSTRAINT jobs_salary_ck CHECK (min_salary <= max_salary)
);

CREATE TABLE hr.departments (
  department_id NUMBER(6)         CONSTRAINT departments_pk PRIMARY KEY,
  name          NVARCHAR2(60)     NOT NULL,
  budget        NUMBER(15,2),
  location_id   NUMBER(6)         CONSTRAINT departments_location_fk REFERENCES hr.locations (location_id),
  updated_at    TIMESTAMP(6)      NOT NULL
);

CREATE TABLE hr.employees (
  employee_id   NUMBER(8)         CONSTRAINT employees_pk PRIMARY KEY,
  first_name    VARCHAR2(40 CHAR),
  last_name     VARCHAR2(40 CHAR) NOT NULL,
  email         VARCHAR2(80 CHAR) NOT NULL CONSTRAINT employees_email_uk UNIQUE,
  hired_on      DATE              NOT NULL,
  job_id        VARCHAR2(10 CHAR) NOT NULL CONSTRAINT employees_job_fk REFERENCES hr.jobs (job_id),
  salary        NUMBER(10,2),
  commission    NUMBER(5,4),
  manager_id    NUMBER(8)         CONSTRAINT employees_manager_fk REFERENCES hr.employees (employee_id),
  department_id NUMBER(6)         CONSTRAINT employees_department_fk REFERENCES hr.departments (department_id),
  notes         CLOB,
  photo         BLOB,
  badge         RAW(8),
  rating        BINARY_DOUBLE,
  score         BINARY_FLOAT,
  weekly_hours  INTERVAL DAY(2) TO SECOND(6),
  contract      INTERVAL YEAR(2) TO MONTH,
  last_login    TIMESTAMP(9) WITH TIME ZONE,
  synced_at     TIMESTAMP(3) WITH LOCAL TIME ZONE,
  updated_at    TIMESTAMP(6)      NOT NULL
);

COMMENT ON TABLE hr.employees IS 'People on the payroll (FLEXT demo)';

COMMENT ON COLUMN hr.employees.commission IS 'Share of sales, 0.25 is a quarter';
