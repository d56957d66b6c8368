select
    employee_id,
    first_name || ' ' || last_name as full_name,
    lower(email) as email,
    job_id,
    department_id,
    manager_id,
    hired_on,
    salary,
    nvl(commission, 0) as commission,
    round(salary * (1 + nvl(commission, 0)), 2) as total_pay,
    updated_at
from {{ source('hr', 'employees') }}
